/**
 * Meters. Other packages call small typed objects that they resolve once
 * ({@link io.offramp.proxy.metrics.ListenerMetrics}, {@link io.offramp.proxy.metrics.UpstreamMetrics},
 * {@link io.offramp.proxy.metrics.TlsMetrics}); each event costs an addition. The Prometheus registry reads them at a
 * scrape. No other package names a meter.
 */
@NullMarked
package io.offramp.proxy.metrics;

import org.jspecify.annotations.NullMarked;
