"""What is to be done where a check is broken? One hint each, for whoever reads it."""

_TAMPERED = (
    "somebody or something changed what was posted: compare the rows of the documents "
    "named with those of a back-up, and find out who writes to the database; a "
    "posted document is never mended, only credited"
)
_SUMS = (
    "see documents_are_as_posted: where it names the document, its rows were changed; "
    "where it does not, it was posted so: credit it (adv credit-note) and report this"
)
_NUMBERS = (
    "a document is missing or was put in: compare the series with a back-up and with "
    "the files in documents/; tell your tax adviser before anything is posted anew"
)
_SERIES = (
    "the next document would get a wrong number or day: put the row of table series "
    "right from a back-up before anything is posted"
)
_CANCELLED = (
    "adv invoice shows the note and the deliveries; take the row of cancelled_invoice "
    "from a back-up before adv rebill or the next invoicing bills them"
)
_MONEY = (
    "compare adv invoice and adv customer of what is named with the bank's statement; "
    "adv payment unmatch takes a payment off, adv payment match gives it anew"
)
_ADVANCES = (
    "adv order shows what was asked, what came and what was deducted; take nothing "
    "back before you know which of them was changed (compare with a back-up)"
)
_ORDERS = (
    "adv order shows its history: compare it with a back-up, and report what you find "
    "if nobody wrote to the database"
)
_QUANTITIES = (
    "adv order shows its deliveries and invoices: compare them with stock's own record "
    "and with a back-up before the next invoicing"
)
_HANDOFF = (
    "ask stock what it has of the order: adv stock messages lists what it was told, "
    "adv stock resend sends one again, adv stock settle counts one as known"
)
_AMENDMENTS = "adv amendments shows what was asked; compare the order with it"
_HOLDS = "run validation again (adv run validation): it opens and closes holds anew"
_FILES = (
    "what was issued is kept as it was: put the file back from a back-up of the home, "
    "or from the mail that took it (adv outbox), and find out who writes there; adv "
    "run documents puts an invoice's missing file back where it comes out byte for "
    "byte (move a changed one away first)"
)
_MAILS = (
    "adv outbox shows the mail; compare it with your mail server's log before you send "
    "anything again"
)

ANY = "compare what is named with a back-up; report it if nobody changed the database"
"""What to do about a check that has no hint of its own."""

HINTS = {
    "advance_invoices_are_of_their_money": _ADVANCES,
    "advances_are_never_overdrawn": _ADVANCES,
    "amended_orders_say_so": _AMENDMENTS,
    "amendment_state_is_its_last_event": _AMENDMENTS,
    "amendment_transitions_are_listed": _AMENDMENTS,
    "cancelled_deliveries_are_as_chosen": _CANCELLED,
    "cancelled_invoices_have_their_note": _CANCELLED,
    "chain_head_is_last_document": _NUMBERS,
    "completed_notices_were_sent": _MAILS,
    "confirmed_lines_keep_their_first_date": _ORDERS,
    "credit_note_not_before_its_invoice": _SUMS,
    "credit_notes_within_their_invoice": _SUMS,
    "credit_parts_are_as_posted": _TAMPERED,
    "credit_parts_are_of_their_customer": _TAMPERED,
    "credit_parts_make_their_note": _SUMS,
    "deductions_have_an_advance": _ADVANCES,
    "document_files_are_as_made": _FILES,
    "documents_are_as_posted": _TAMPERED,
    "first_confirmed_dates_stand": _ORDERS,
    "given_up_waits_for_a_decision": _QUANTITIES,
    "gross_is_net_plus_tax": _SUMS,
    "handed_orders_have_a_message": _HANDOFF,
    "handoff_messages_say_where_they_are": _HANDOFF,
    "hash_chain": _TAMPERED,
    "held_orders_have_open_holds": _HOLDS,
    "instalments_have_the_invoice_sign": _SUMS,
    "instalments_sum_to_total": _SUMS,
    "invoiced_and_open_are_what_was_delivered": _QUANTITIES,
    "invoiced_and_open_are_what_was_ordered": _QUANTITIES,
    "invoiced_is_what_invoices_say": _QUANTITIES,
    "levels_completed_in_order": _MAILS,
    "line_net_is_quantity_times_price": _SUMS,
    "lines_sum_to_net": _SUMS,
    "lines_sum_to_tax_bases": _SUMS,
    "mails_have_one_ending": _MAILS,
    "money_in_is_allocated_or_unapplied": _MONEY,
    "money_keeps_its_currency": _MONEY,
    "numbers_are_of_their_series": _NUMBERS,
    "one_delay_notice_per_slip": _MAILS,
    "one_handoff_message_per_version": _HANDOFF,
    "one_notice_per_item_and_level": _MAILS,
    "open_amount_within_amount": _MONEY,
    "open_holds_are_of_held_orders": _HOLDS,
    "open_is_amount_less_allocations": _MONEY,
    "order_books_have_their_mail": _MAILS,
    "order_events_follow_each_other": _ORDERS,
    "order_state_is_its_last_event": _ORDERS,
    "order_transitions_are_listed": _ORDERS,
    "over_shipments_are_asked_about": _QUANTITIES,
    "requests_are_as_asked": _ADVANCES,
    "requests_have_received_their_money": _ADVANCES,
    "returned_is_what_returns_say": _QUANTITIES,
    "returned_within_delivered": _QUANTITIES,
    "series_dates_not_falling": _NUMBERS,
    "series_end_with_their_last_document": _SERIES,
    "series_without_gap": _NUMBERS,
    "settled_items_have_nothing_open": _MONEY,
    "settled_items_name_their_day": _MONEY,
    "shipped_is_what_deliveries_say": _QUANTITIES,
    "shipped_within_ordered": _QUANTITIES,
    "stock_is_asked_once_at_a_time": _AMENDMENTS,
    "tax_is_base_times_rate": _SUMS,
    "taxes_sum_to_tax": _SUMS,
    "to_invoice_is_what_deliveries_say": _QUANTITIES,
    "told_dates_have_their_mail": _MAILS,
}
"""What to do, by the name of the check."""
