/**
 * The configuration as a tree of records, and its loading from YAML: the only package that imports YAML. The content of
 * a record is valid: files have been read, names resolved, defaults filled in.
 */
@NullMarked
package io.offramp.proxy.config;

import org.jspecify.annotations.NullMarked;
