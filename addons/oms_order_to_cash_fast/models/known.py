def is_known(model, method, addons):
    """Tell whether these addons alone say what a method does: another one may count on being asked each time."""
    classes = [cls for cls in type(model).mro() if method in vars(cls)]
    return all(cls.__module__.startswith(tuple(f"odoo.addons.{addon}." for addon in addons)) for cls in classes)
