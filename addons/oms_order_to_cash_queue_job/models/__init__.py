from . import oms_job
