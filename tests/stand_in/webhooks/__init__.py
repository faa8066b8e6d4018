"""What GitHub tells the Apps, and how the telling went."""

from tests.stand_in.webhooks.delivery import Delivery
from tests.stand_in.webhooks.postman import Postman

__all__ = ["Delivery", "Postman"]
