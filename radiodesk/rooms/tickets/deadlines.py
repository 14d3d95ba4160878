"""Starts, stops and extends the clocks of a ticket as milestones are reached."""

from datetime import datetime

from sqlalchemy.orm import Session

from radiodesk.core import jobs
from radiodesk.core.errors import Conflict
from radiodesk.rooms.tickets.models import Ticket, TicketDeadline
from radiodesk.rooms.tickets.policy import Milestone, Policy, Step
from radiodesk.rooms.tickets.station_rules import Rules

DUE_JOB = "tickets.due"


class NotExtendable(Conflict):
    """The clock does not run, was extended already, or its policy knows no extension."""


def reach(session: Session, rules: Rules, ticket: Ticket, milestone: Milestone, at: datetime) -> None:
    """Stop the clocks that a milestone meets, then start those that begin with it."""
    for deadline in ticket.deadlines:
        step = rules.step(deadline)
        if deadline.running and step and step.is_stopped_by(milestone):
            deadline.met_at = at
    if milestone == Milestone.CLOSED:
        _cancel(ticket, at)
    for policy in rules.policies_of(ticket):
        for step in policy.steps:
            if milestone in step.starts_from:
                _start(session, rules, ticket, policy, step, at)
    note_next(rules, ticket)


def follow_policies(session: Session, rules: Rules, ticket: Ticket, at: datetime) -> None:
    """After category or unit changed: cancel clocks of rules that no longer count, start those that now do.

    A rule that comes in late still counts from the day on which the complaint was received.
    """
    wanted = [policy.id for policy in rules.policies if policy.applies(ticket.category, ticket.unit_id, ticket.urgency)]
    gone = set(ticket.policies) - set(wanted)
    new = set(wanted) - set(ticket.policies)
    ticket.policies = wanted
    for deadline in ticket.deadlines:
        if deadline.running and deadline.policy in gone:
            deadline.cancelled_at = at
    for policy in rules.policies_of(ticket):
        for step in policy.steps if policy.id in new else ():
            if Milestone.OPENED in step.starts_from:
                _start(session, rules, ticket, policy, step, ticket.created_at)
    note_next(rules, ticket)


def extend(session: Session, rules: Rules, deadline: TicketDeadline, at: datetime) -> None:
    """Give a clock its one extension; raises ``NotExtendable``."""
    step = rules.step(deadline)
    if step is None or not step.extension or not deadline.running or deadline.extended_at:
        raise NotExtendable("This time limit cannot be extended (again).")
    deadline.due_at = rules.calendar.due(deadline.due_at, step.extension)
    deadline.extended_at = at
    _wake(session, deadline, at)
    note_next(rules, deadline.ticket)


def note_next(rules: Rules, ticket: Ticket) -> None:
    """Keep the nearest running time limit on the ticket itself, for lists; those that close by silence don't press."""
    ticket.due_at = min((d.due_at for d in ticket.deadlines if d.running and not rules.closes(d)), default=None)


def promised(rules: Rules, ticket: Ticket) -> datetime | None:
    """The date that the complainant is told: the last of the running time limits that are public."""
    public = [d.due_at for d in ticket.deadlines if d.running and (step := rules.step(d)) and step.public]
    return max(public, default=None)


def promises(rules: Rules, ticket: Ticket) -> list[tuple[datetime, datetime | None]]:
    """The public time limits that were not called off: until when, and when each was met, if it was."""
    public = (d for d in ticket.deadlines if d.cancelled_at is None and (step := rules.step(d)) and step.public)
    return [(deadline.due_at, deadline.met_at) for deadline in public]


def _start(session: Session, rules: Rules, ticket: Ticket, policy: Policy, step: Step, at: datetime) -> None:
    running = [d for d in ticket.deadlines if d.running and (d.policy, d.step) == (policy.id, step.id)]
    if running and not step.restarts:
        return
    for deadline in running:
        deadline.cancelled_at = at
    deadline = TicketDeadline(
        ticket=ticket,
        policy=policy.id,
        step=step.id,
        started_at=at,
        due_at=rules.calendar.due(at, step.working_days),
    )
    session.add(deadline)
    _wake(session, deadline, at)


def _wake(session: Session, deadline: TicketDeadline, at: datetime) -> None:
    """When the time is over, a job tells the screens or does what the policy says."""
    session.flush()
    jobs.enqueue(session, at, DUE_JOB, deadline.id).not_before = deadline.due_at


def _cancel(ticket: Ticket, at: datetime) -> None:
    for deadline in ticket.deadlines:
        if deadline.running:
            deadline.cancelled_at = at
