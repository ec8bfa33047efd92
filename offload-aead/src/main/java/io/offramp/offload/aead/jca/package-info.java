/**
 * The fallback where there is no libcrypto: the JDK's own SunJCE. Pure Java, so it works anywhere, at half the speed in
 * bulk and with a few small objects per record.
 */
@NullMarked
package io.offramp.offload.aead.jca;

import org.jspecify.annotations.NullMarked;
