/**
 * Holds the interfaces of streams against HTTP/2 before there is any: both sides of a connection with many streams,
 * each with flow control, resets and decoded fields, over lists instead of frames.
 */
@NullMarked
package io.offramp.proxy.exchange.sketch;

import org.jspecify.annotations.NullMarked;
