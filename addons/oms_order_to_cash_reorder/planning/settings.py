"""The figures a company may change."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """Days, weeks and shares which planning uses for all pairs of one company."""

    # Demand
    window_days: int = 364
    min_days: int = 56
    outlier_deviations: float = 6.0
    min_weeks: int = 26
    min_occasions: int = 3
    dead_weeks: int = 52
    # Level
    alpha: float = 0.1
    alpha_probability: float = 0.05
    prior_days: float = 28.0
    # Lead time
    prior_receipts: float = 3.0
    prior_variation: float = 0.2
    # Quantity, in days of demand
    min_cover_days: float = 7.0
    max_cover_days: float = 180.0
    # Service
    exact_below: float = 20.0
    lowest_cost_target: float = 0.60
    highest_cost_target: float = 0.999
    # Stability
    min_change: float = 1.0
    min_change_share: float = 0.10
    service_slack: float = 0.01
    # Warnings
    left_out_share: float = 0.25
    few_receipts: int = 3


DEFAULTS = Settings()
