/**
 * The record layer's vocabulary: versions, content types, sizes, directions, boundaries and alerts (RFC 8446 §5, §6).
 */
@NullMarked
package io.offramp.offload.record;

import org.jspecify.annotations.NullMarked;
