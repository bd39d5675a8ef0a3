from . import mail_activity
from . import mail_notification
