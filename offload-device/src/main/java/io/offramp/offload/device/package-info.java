/**
 * Backend {@code device}: a model of a ConnectX-style NIC with TLS offload ({@link
 * io.offramp.offload.device.hardware}) and the driver that talks to it ({@link io.offramp.offload.device.driver}).
 * The two halves meet at queues, tables and the wire, and nowhere else. Beside them, the device can own whole connections: {@link
 * io.offramp.offload.device.toe}.
 *
 * <p>Modelled as in mlx5: DEK, TIS and TIR objects with static and progress params in the device's bit layouts; SQ,
 * ICOSQ, RQ and their CQs with WQEs, CQEs, owner bits, fences and doorbells; steering by exact match of the flow, added
 * only after the TIR's params have completed; the check of every packet's TCP sequence; all or nothing per packet; the
 * pools of TIS and DEK with their marks; the names of ethtool's and {@code /proc/net/tls_stat}'s counters. How much the
 * device takes is configured, and beyond it installs are declined ({@link io.offramp.offload.device.capacity}).
 *
 * <p>Not modelled, and where the real device or driver does more:
 * <ul>
 *   <li>Resync. A context that lost its position (TX: another sequence than expected; RX: not where the next record
 *       starts) does not get it back: there is no DUMP replay, no GET_PSV and no resync request that is answered. The
 *       session goes on in software for good.
 *   <li>Partial records. The device takes runs of whole records, see {@link
 *       io.offramp.offload.device.hardware.engine}; the driver keeps the partial record at the end of a read.
 *   <li>TCP. Nothing is retransmitted, acknowledged or reordered between the halves, so the driver keeps no list of
 *       records until they are acknowledged. LSO is not cut into packets; the driver counts what it would be cut into.
 *   <li>Time. Engines run inside the doorbell and a completion is there when it returns; there is no interrupt, no
 *       moderation, no second engine.
 *   <li>Queue states. A WQE that fails does not take its queue to the error state: those behind it are worked on.
 *       Behind one that cannot be parsed, what is posted is dropped without completions.
 *   <li>Checksums, VLANs, tunnels, Ethernet headers, protection domains, and firmware commands as such: an object is
 *       created by a method call.
 * </ul>
 */
@NullMarked
package io.offramp.offload.device;

import org.jspecify.annotations.NullMarked;
