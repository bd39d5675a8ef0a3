from . import res_company
from . import res_company_delivery
from . import res_config_settings
from . import res_config_settings_delivery
from . import res_partner
from . import res_partner_credit
from . import res_partner_invoicing
