/**
 * The contract of a record-offload backend as tests: {@link io.offramp.offload.tck.RecordOffloadContract} is subclassed
 * by each backend, which supplies nothing but the opened backend. What goes over the wire is compared with
 * {@link io.offramp.offload.tck.ReferenceRecords}, byte by byte.
 */
@NullMarked
package io.offramp.offload.tck;

import org.jspecify.annotations.NullMarked;
