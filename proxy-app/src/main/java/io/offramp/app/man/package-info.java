/** Man pages, made from what {@code --help} is made from. */
@NullMarked
package io.offramp.app.man;

import org.jspecify.annotations.NullMarked;
