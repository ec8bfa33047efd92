package io.offramp.proxy.server;

import io.offramp.proxy.config.ConfigProblem;
import io.offramp.proxy.config.ConfigResult;
import io.offramp.proxy.config.ProxyConfig;
import io.offramp.proxy.metrics.ConfigMetrics;
import io.offramp.proxy.reload.ReloadOutcome;
import io.offramp.proxy.reload.ReloadReport;
import io.offramp.proxy.reload.ReloadRoot;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Reads the configuration again and has it used, as a whole or not at all. Like every reloadable, it is called on the
 * reload thread only.
 */
final class ConfigReload implements ReloadRoot {
    private final ConfigSource source;
    private final ProxyServer server;
    private final ConfigMetrics metrics;
    private Collection<Path> files;

    ConfigReload(ConfigSource source, ProxyServer server, ConfigMetrics metrics) {
        this.source = source;
        this.server = server;
        this.metrics = metrics;
        this.files = List.of(source.file());
    }

    @Override
    public String kind() {
        return "configuration";
    }

    @Override
    public String owner() {
        return String.valueOf(source.file().getFileName());
    }

    /** Those of the last reading, also of one that was refused: a mended include is a reason to read again. */
    @Override
    public Collection<Path> files() {
        return files;
    }

    @Override
    public boolean isLeaving() {
        return server.isDraining();
    }

    @Override
    public ReloadOutcome reload() {
        Plan plan = plan();
        List<String> problems = plan.problems();
        if (problems.isEmpty() && plan.isChange()) {
            problems = use(plan.config());
        }
        metrics.onReload(problems.isEmpty());
        if (!problems.isEmpty()) {
            return new ReloadOutcome(List.of(), problems);
        }
        List<String> lines = new ArrayList<>(plan.changes());
        if (plan.isChange()) {
            lines.add("generation " + metrics.generation() + " is in use");
        }
        lines.addAll(plan.notes());
        return ReloadOutcome.changed(lines);
    }

    private List<String> use(ProxyConfig config) {
        try {
            source.prepare(config);
            server.become(config);
        } catch (StartException e) {
            return List.of(String.valueOf(e.getMessage()));
        }
        source.onUsed(config);
        return List.of();
    }

    @Override
    public ReloadReport dryRun() {
        Plan plan = plan();
        List<String> problems =
                plan.problems().isEmpty() ? BindTrial.problems(server.config(), plan.config()) : plan.problems();
        List<String> lines = new ArrayList<>();
        problems.forEach(problem -> lines.add("error: " + problem));
        if (problems.isEmpty()) {
            plan.changes().forEach(change -> lines.add("would change: " + change));
            lines.addAll(plan.notes());
        }
        return new ReloadReport(
                lines.isEmpty() ? List.of("nothing would change") : lines,
                problems.isEmpty() ? ReloadReport.Result.DONE : ReloadReport.Result.REFUSED);
    }

    /**
     * A reload that is about to be done.
     *
     * @param config to use; without meaning if there are problems
     * @param changes a line for each
     * @param notes a line for each setting that needs a restart, and for each warning
     * @param problems for which nothing is done
     */
    private record Plan(ProxyConfig config, List<String> changes, List<String> notes, List<String> problems) {
        boolean isChange() {
            return !changes.isEmpty();
        }
    }

    private Plan plan() {
        ProxyConfig running = server.config();
        ConfigResult read = source.load();
        files = read.files();
        return switch (read) {
            case ConfigResult.Rejected rejected -> new Plan(running, List.of(), List.of(), texts(rejected.problems()));
            case ConfigResult.Loaded loaded -> {
                FixedSettings.Result result = FixedSettings.keep(running, loaded.config(), server.backendNames());
                List<String> notes = new ArrayList<>();
                result.kept().forEach(each -> notes.add("needs a restart: " + each));
                List<String> changes = ConfigChanges.between(running, result.config());
                if (!changes.isEmpty()) {
                    loaded.warnings().forEach(warning -> notes.add("warning: " + warning));
                }
                yield new Plan(result.config(), changes, notes, result.problems());
            }
        };
    }

    private static List<String> texts(List<ConfigProblem> problems) {
        return problems.stream().map(ConfigProblem::toString).toList();
    }
}
