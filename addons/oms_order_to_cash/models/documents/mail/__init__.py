from . import mail_activity
from . import mail_notification
from . import mail_thread_at_once
