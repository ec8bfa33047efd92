package io.offramp.proxy.handshake.ticket;

/** Receives refusals to resume. Called on event loops and workers; must not block. */
@FunctionalInterface
public interface ResumptionListener {
    /** A ticket or session ID was refused; a handshake may have several. */
    void onTicketRefused(TicketRefusal why);
}
