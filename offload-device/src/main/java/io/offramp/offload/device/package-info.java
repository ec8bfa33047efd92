/**
 * Backend {@code device}: a model of a ConnectX-style NIC with TLS offload ({@link io.offramp.offload.device.hardware})
 * and the driver that talks to it ({@link io.offramp.offload.device.driver}). The two halves meet at queues, tables and
 * the wire, and nowhere else. {@link io.offramp.offload.device.toe} gives whole connections to the device.
 *
 * <p>Modelled as in mlx5: DEK, TIS and TIR objects with static and progress params in the device's bit layouts; SQ,
 * ICOSQ, RQ and their CQs with WQEs, CQEs, owner bits, fences and doorbell records; EQs with EQEs, CQs that are armed,
 * moderated interrupts; large send cut at the MSS; steering by exact match of the flow, added only after the TIR's
 * params have completed, in groups with priorities; several RQs, direct, indirect and TLS TIRs, receive side scaling by
 * Toeplitz hash and table; LRO in the TIR, if it is turned on; queues that fail, flush, and are reset by the driver;
 * records cut by packets anywhere; the check of every packet's TCP sequence; all or nothing per packet; the record list
 * with its start marker, and resync by params and DUMP (TX); the tracker's states, GET_PSV, the log of headers and
 * next-record hints (RX); re-encryption of records that the device decrypted in part; objects that are given back when
 * the last WQE or packet that names them has completed; the pools of TIS and DEK with their marks; capability bits; the
 * names of ethtool's and {@code /proc/net/tls_stat}'s counters.
 *
 * <p>Not modelled, and where the real device or driver does more:
 *
 * <ul>
 *   <li>TCP. The real one is the host kernel's. Where faults are configured, the model has one of its own between the
 *       halves, with cumulative acknowledgments, duplicate ACKs and time-outs, without SACK or congestion control, and
 *       in virtual time: each burst of the proxy runs until all of it has arrived.
 *   <li>A queue that has failed is reset in place, without the states between error and ready. Behind a WQE that cannot
 *       be parsed, what is posted is dropped without completions.
 *   <li>How often a real device asks for a resync is not known. This one asks with the first packet in which it finds a
 *       header, and without an answer again 8 packets of the flow later, then 16, 32, 64 and every 128, each time with
 *       the next packet in which a record begins: so long at most a flow is without its device once questions and
 *       answers arrive. An answer to a question before the last one is none.
 *   <li>LRO merges one flow of a channel at a time, and each packet keeps its entry of the RQ.
 *   <li>Where packets have come before the rule, mlx5 has the TIR search and ask. This driver knows where the flow
 *       stands, and programs the TIR there.
 *   <li>The strategy {@code DRIVER_REQ} of the FPGA-based predecessor, and nfp's next-record sync on the sending side.
 *   <li>Checksums where no wire of the model and no capture looks, VLANs, tunnels, protection domains, and firmware
 *       commands as such: an object is created by a method call, which nobody waits for. The firmware then is busy for
 *       the time of the command, and the device declines while it is behind. {@code install-latency} is a figure for
 *       {@code auto} and {@code whatif}.
 * </ul>
 */
@NullMarked
package io.offramp.offload.device;

import org.jspecify.annotations.NullMarked;
