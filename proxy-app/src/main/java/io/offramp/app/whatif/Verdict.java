package io.offramp.app.whatif;

import io.offramp.proxy.whatif.Outcome;
import io.offramp.proxy.whatif.Refusal;
import io.offramp.proxy.whatif.Totals;
import io.offramp.proxy.whatif.TrafficClass;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A sentence that names the class of traffic that profits. */
final class Verdict {
    private Verdict() {}

    static String of(List<Outcome> outcomes) {
        Outcome best = outcomes.stream()
                .max(Comparator.comparingDouble(outcome -> outcome.totals().savedNs()))
                .orElseThrow();
        Totals totals = best.totals();
        if (totals.savedNs() <= 0) {
            return "nothing profits: " + why(outcomes.getLast().totals());
        }
        Map.Entry<TrafficClass, Totals> most = best.byClass().entrySet().stream()
                .max(Comparator.comparingDouble(entry -> entry.getValue().savedNs()))
                .orElseThrow();
        TrafficClass traffic = most.getKey();
        return String.format(
                Locale.ROOT,
                "%s frees most, %s of %s of CPU for records (%s); %s of it where records have %s and sessions last %s"
                        + " (%s of %s directions)",
                best.policy().name().toLowerCase(Locale.ROOT),
                Units.cpu(totals.savedNs()),
                Units.cpu(totals.softwareNs()),
                Units.percent(totals.savedNs(), totals.softwareNs()),
                Units.percent(Math.min(most.getValue().savedNs(), totals.savedNs()), totals.savedNs()),
                traffic.sizeLabel(),
                traffic.lifetimeLabel(),
                Units.count(most.getValue().flows()),
                Units.count(totals.flows()));
    }

    private static String why(Totals auto) {
        return Arrays.stream(Refusal.values())
                .filter(reason -> auto.refused(reason) > 0)
                .max(Comparator.comparingLong(auto::refused))
                .map(reason -> "the directions that could are refused, most of them for " + reason.label())
                .orElse("sessions are too short or their records too small to repay an install");
    }
}
