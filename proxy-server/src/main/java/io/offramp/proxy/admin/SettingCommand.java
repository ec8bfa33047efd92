package io.offramp.proxy.admin;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.offramp.offload.LiveSetting;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The command that changes a backend's setting: {@code /device/set?name=rqs&value=4}. Runs on the admin thread. */
final class SettingCommand {
    private static final Logger LOG = LoggerFactory.getLogger(SettingCommand.class);

    private final Map<String, Map<String, LiveSetting>> byPath;

    /** @param byPath settings by name, by the path of their command; may grow */
    SettingCommand(Map<String, Map<String, LiveSetting>> byPath) {
        this.byPath = byPath;
    }

    /** Whether a POST to this path is this command. */
    boolean isAt(String path) {
        return byPath.containsKey(path);
    }

    /** Changes the setting that the query names; the answer has both values, or what is wrong. */
    AdminPages.Page.Whole run(CommandQuery query) {
        Map<String, LiveSetting> settings = byPath.getOrDefault(query.path(), Map.of());
        String name = query.only("name");
        String value = query.only("value");
        if (name == null || value == null) {
            return AdminPages.text(HttpResponseStatus.BAD_REQUEST, "which one? ?name=NAME&value=VALUE\n");
        }
        LiveSetting setting = settings.get(name);
        if (setting == null) {
            return AdminPages.text(
                    HttpResponseStatus.BAD_REQUEST,
                    name + ": cannot be changed at run time, only one of " + settings.keySet() + "\n");
        }
        String before = setting.value();
        try {
            setting.change(value);
        } catch (IllegalArgumentException e) {
            return AdminPages.text(HttpResponseStatus.BAD_REQUEST, e.getMessage() + "\n");
        }
        String changed = name + ": " + before + " -> " + setting.value() + ", for " + setting.scope();
        LOG.info("admin: {} {}", query.path(), changed);
        return AdminPages.text(HttpResponseStatus.OK, changed + "\n");
    }
}
