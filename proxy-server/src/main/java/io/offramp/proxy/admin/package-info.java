/**
 * The admin listener: metrics, health and connections over plain HTTP, on a thread of its own, normally bound to
 * loopback.
 */
@NullMarked
package io.offramp.proxy.admin;

import org.jspecify.annotations.NullMarked;
