/** What is known of a server's health: by checks, by its answers, and by command. Without sockets. */
@NullMarked
package io.offramp.proxy.upstream.health;

import org.jspecify.annotations.NullMarked;
