from . import mail_thread_at_once
