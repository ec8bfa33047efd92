/** The device's keys: objects of type DEK, which are written and used, and cannot be read. */
@NullMarked
package io.offramp.offload.device.hardware.key;

import org.jspecify.annotations.NullMarked;
