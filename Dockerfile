# Odoo with what the addons of this repository need: docker-compose.yml builds it.
FROM odoo:19

USER root
# For oms_order_to_cash_reorder. From the system's packages: Odoo runs on the system's Python.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends python3-numpy \
    && rm -rf /var/lib/apt/lists/*
USER odoo
