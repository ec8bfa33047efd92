/** What users name in dashboards, alerts, scripts and configurations, and what may therefore not change unnoticed. */
@NullMarked
package io.offramp.app.golden;

import org.jspecify.annotations.NullMarked;
