def uninstall_hook(env):
    """Give what waits back to the queue that comes with Order to Cash."""
    env["oms.job"]._wake()
