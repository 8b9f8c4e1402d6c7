"""Lists, search, kept filters and exports of orders."""

from callcenter.orders.saved import FilterShelf
from callcenter.orders.service import Orders
from callcenter.web.order_lists import order_list_routes
from callcenter.web.route import Route


def furnish_order_lists(orders: Orders) -> list[Route]:
    room = orders.room
    return order_list_routes(orders, FilterShelf(room.store.pool, room.clock))
