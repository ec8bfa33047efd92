/**
 * Meters. The rest of the proxy calls small typed objects that it resolves once
 * ({@link io.offramp.proxy.metrics.ListenerMetrics}, {@link io.offramp.proxy.metrics.UpstreamMetrics},
 * {@link io.offramp.proxy.metrics.TlsMetrics}) and that cost an addition per event; the Prometheus registry reads them
 * when it is scraped. No other package names a meter.
 */
@NullMarked
package io.offramp.proxy.metrics;

import org.jspecify.annotations.NullMarked;
