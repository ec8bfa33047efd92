package io.offramp.offload.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.offramp.offload.record.Direction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProfileTest {
    private final DeviceProvider provider = new DeviceProvider();

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({
        "connectx-6dx, false, 6",
        "connectx-7, false, 6",
        "linux-6.18, true, 4",
        "linux-tls13, true, 6",
    })
    void shouldHaveReceivingOffInProfilesOfDrivers(String profile, boolean isOff, int caps) {
        Map<String, String> settings = Map.of("profile", profile);

        assertThat(DeviceSettings.parse(settings).abilities().caps().bits()).hasSize(caps);
        assertThat(provider.refusal(Direction.TX, settings)).isNull();
        assertThat(provider.refusal(Direction.RX, settings))
                .isEqualTo(isOff ? "tls-hw-rx-offload is off (profile " + profile + ")" : null);
    }

    @Test
    void shouldLetConfigurationWinOverTheProfile() {
        Map<String, String> settings =
                Map.of("profile", "linux-6.18", "tls-hw-rx-offload", "on", "tls-hw-tx-offload", "off");

        assertThat(provider.refusal(Direction.RX, settings)).isNull();
        assertThat(provider.refusal(Direction.TX, settings)).isEqualTo("tls-hw-tx-offload is off (profile linux-6.18)");
    }

    @Test
    void shouldReadAProfileFromAFile() throws Exception {
        Path file = Files.writeString(directory.resolve("mine.properties"), "caps = tls_tx\ncontexts = 7\n");

        DeviceSettings settings = DeviceSettings.parse(Map.of("profile", file.toString()));

        assertThat(settings.limits().contexts()).isEqualTo(7);
        assertThat(settings.abilities().refusal(Direction.RX))
                .isEqualTo("the device has no tls_rx (profile " + file + ")");
    }

    @Test
    void shouldSayWhatIsWrongInTheFileOfAProfile() throws Exception {
        Path missing = directory.resolve("missing.properties");
        assertRefused(missing, "profile: no such file: " + missing);

        Path unknown = Files.writeString(directory.resolve("unknown.properties"), "caps = tls_tx tls_2_0\n");
        assertRefused(
                unknown,
                "profile: " + unknown + ": caps: must be of tls_tx tls_rx tls_1_2_aes_gcm_128 tls_1_2_aes_gcm_256"
                        + " tls_1_3_aes_gcm_128 tls_1_3_aes_gcm_256, is tls_2_0");

        Path folder = Files.createDirectory(directory.resolve("folder.properties"));
        assertRefused(folder, "profile: " + folder + " cannot be read: is not a regular file");

        Path huge = Files.writeString(directory.resolve("huge.properties"), "#".repeat((1 << 20) + 1));
        assertRefused(huge, "profile: " + huge + " cannot be read: is larger than 1 MiB");

        Path wrong = Files.writeString(directory.resolve("wrong.properties"), "contexts = 0\n");
        assertRefused(wrong, "profile: " + wrong + ": contexts: must be 1 to 1048576, is 0");

        Path strange = Files.writeString(directory.resolve("strange.properties"), "colour = red\n");
        assertThatThrownBy(() -> provider.open(Map.of("profile", strange.toString())))
                .hasMessageStartingWith("profile: " + strange + ": colour: unknown setting, expected one of [profile,");
    }

    private void assertRefused(Path file, String message) {
        assertThatThrownBy(() -> provider.open(Map.of("profile", file.toString())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }
}
