/**
 * The wire of the model, and as much of TCP as it takes to live with it: packets are lost, duplicated, reordered, cut
 * anew, sent again and corrupted, as one seed has it. Used where faults are configured; elsewhere the bytes of the real
 * connection pass by reference, in order, and none of this runs.
 *
 * <p>Time is virtual and single-threaded: a call that brings bytes runs the wire until they have arrived. A run with
 * the same seed and the same calls is the same run.
 */
@NullMarked
package io.offramp.offload.device.wire;

import org.jspecify.annotations.NullMarked;
