package io.offramp.app;

import io.offramp.proxy.config.ConfigProblem;
import io.offramp.proxy.config.ConfigResult;
import io.offramp.proxy.config.ProxyConfig;
import io.offramp.proxy.server.ConfigSource;
import io.offramp.proxy.server.StartException;
import java.nio.file.Path;
import java.util.List;

/**
 * The configuration file of {@code offramp run}, as the command line allows it.
 *
 * @param file as the user named it
 * @param installation that runs it
 * @param keyLog what the command line says of secrets
 */
record FileSource(Path file, Installation installation, KeyLogOptions keyLog) implements ConfigSource {
    @Override
    public ConfigResult load() {
        ConfigResult result = installation.configLoader().load(file);
        if (result instanceof ConfigResult.Loaded loaded) {
            List<ConfigProblem> refused = keyLog.problems(loaded.config(), installation.backends()).stream()
                    .map(problem -> new ConfigProblem(file.toString(), 0, 0, "", problem))
                    .toList();
            return refused.isEmpty() ? result : new ConfigResult.Rejected(loaded.files(), refused);
        }
        return result;
    }

    @Override
    public void prepare(ProxyConfig next) throws StartException {
        if (installation.configLoader().needsDevelopmentCertificate(next)) {
            try {
                RunCommand.developmentCertificate(installation);
            } catch (CommandFailure e) {
                throw new StartException(String.join("; ", e.lines()));
            }
        }
    }

    @Override
    public void onUsed(ProxyConfig now) {
        Logging.apply(now.logging());
    }
}
