"""Tickets and invoices outside the VAT table form, by the name of their sample."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from samples.tickets import air, blockchain, fiscal, general, rail, slips, taxi, toll, used_car, vehicle
from samples.tickets.ticket import Ticket

#: Kinds whose original is a file.
ELECTRONIC: Mapping[str, Callable[[int], Ticket]] = {
    "rail": rail.draw_ticket,
    "air": air.draw_ticket,
    "vehicle": vehicle.draw_ticket,
    "used-car": used_car.draw_ticket,
    "toll": toll.draw_ticket,
    "blockchain": blockchain.draw_ticket,
    "general": general.draw_ticket,
    "fiscal": fiscal.draw_ticket,
}
#: Kinds that are paper.
PAPER: Mapping[str, Callable[[int], Ticket]] = {
    "vehicle-paper": vehicle.draw_paper,
    "used-car-paper": used_car.draw_paper,
    "air-paper": air.draw_paper,
    "machine": general.draw_paper,
    "roll": slips.draw_roll,
    "quota": slips.draw_quota,
    "rail-paper": slips.draw_rail_paper,
    "bus": slips.draw_bus,
    "toll-receipt": slips.draw_toll_receipt,
    "taxi": taxi.draw_ticket,
}
TICKETS: Mapping[str, Callable[[int], Ticket]] = {**ELECTRONIC, **PAPER}
