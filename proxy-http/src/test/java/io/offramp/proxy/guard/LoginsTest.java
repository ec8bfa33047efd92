package io.offramp.proxy.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.offramp.proxy.message.Fields;
import io.offramp.proxy.message.HeadWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LoginsTest {
    /** Of "secret", at the least cost. */
    static final String HASH = "$2y$04$I0pYNTSfe9XB/pa/hNvD4uQUyKBqEwPmYuIRz4tST1PzRqPWtOQ8y";

    @Test
    void shouldReadWhatHtpasswdWrites() throws Exception {
        // Given
        List<String> lines = List.of("# users", "", "alice:" + HASH, "b\u00f6b:" + HASH.replace("$2y$", "$2b$"));

        // When
        Logins logins = Logins.parse(lines);

        // Then
        assertThat(logins.hash("alice")).isEqualTo(HASH);
        assertThat(logins.hash("b\u00f6b")).isNotNull();
        assertThat(logins.hash("mallory")).isNull();
        assertThat(logins).hasToString("2 users");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "alice | line 1: expected user:hash, as htpasswd -B writes it",
                "alice:$apr1$x$y | line 1: the hash of \"alice\" is none of bcrypt ($2y$); htpasswd -B makes one",
                "alice:{SHA}abc | line 1: the hash of \"alice\" is none of bcrypt ($2y$); htpasswd -B makes one",
            })
    void shouldRefuseWhatCanBeGuessed(String line, String message) {
        assertThatThrownBy(() -> Logins.parse(List.of(line))).hasMessage(message);
    }

    @Test
    void shouldRefuseACostThatKeepsAThreadBusy() {
        assertThatThrownBy(() -> Logins.parse(List.of("alice:" + HASH.replace("$04$", "$15$"))))
                .hasMessage("line 1: the cost of \"alice\" is 15, not 4 to 14");
    }

    @Test
    void shouldRefuseAUserThatIsThereTwice() {
        assertThatThrownBy(() -> Logins.parse(List.of("alice:" + HASH, "alice:" + HASH)))
                .hasMessage("line 2: \"alice\" is there already");
    }

    @Test
    void shouldKnowTheRightPasswordAndNoOther() throws Exception {
        // Given
        Logins logins = Logins.parse(List.of("alice:" + HASH));

        // Then
        assertThat(PasswordChecks.matches(bytes("secret"), HASH)).isTrue();
        assertThat(PasswordChecks.matches(bytes("Secret"), HASH)).isFalse();
        assertThat(PasswordChecks.matches(bytes(""), HASH)).isFalse();
        assertThat(PasswordChecks.matches(bytes("secret"), logins.nobody())).isFalse();
    }

    @Test
    void shouldCheckAnUnknownUserAtTheCostOfTheSlowest() throws Exception {
        // Given
        Logins logins = Logins.parse(List.of("alice:" + HASH, "bob:" + HASH.replace("$04$", "$10$")));

        // Then
        assertThat(logins.nobody()).startsWith("$2y$10$").hasSize(60);
        assertThat(logins.haveOneCost()).isFalse();
    }

    @Test
    void shouldReadCredentials() {
        // When
        BasicCredentials login = BasicCredentials.of(fields("basic " + base64("alice:se:cret")));

        // Then
        assertThat(login).isNotNull();
        assertThat(login.user()).isEqualTo("alice");
        assertThat(login.password()).isEqualTo(bytes("se:cret"));
        assertThat(login).hasToString("credentials of alice");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer abc", "Basic", "Basic !", "Basic YWxpY2U=", "Basic YWxpY2U6YQBi"})
    void shouldReadNoCredentialsFromOtherValues(String value) {
        assertThat(BasicCredentials.of(fields(value))).isNull();
    }

    @Test
    void shouldReadNoCredentialsFromTwoFields() {
        String right = "Basic " + base64("alice:secret");
        assertThat(BasicCredentials.of(fields(right, right))).isNull();
    }

    @Test
    void shouldRememberALoginForItsTimeAndAgainstItsHash() {
        // Given
        VerifiedLogins logins = new VerifiedLogins(16);
        BasicCredentials login = new BasicCredentials("alice", bytes("secret"));
        logins.add(logins.key(login, HASH), 100, 50);

        // Then
        assertThat(logins.has(logins.key(login, HASH), 149)).isTrue();
        assertThat(logins.has(logins.key(login, HASH), 150)).isFalse();
        assertThat(logins.has(logins.key(login, HASH + "x"), 149)).isFalse();
        assertThat(logins.has(logins.key(new BasicCredentials("alice", bytes("secret2")), HASH), 149))
                .isFalse();
        assertThat(logins.has(logins.key(new BasicCredentials("alic", bytes("esecret")), HASH), 149))
                .isFalse();
    }

    @Test
    void shouldForgetRatherThanGrow() {
        // Given
        VerifiedLogins logins = new VerifiedLogins(16);
        BasicCredentials[] all = new BasicCredentials[1000];
        Arrays.setAll(all, i -> new BasicCredentials("user" + i, bytes("secret")));

        // When
        for (BasicCredentials each : all) {
            logins.add(logins.key(each, HASH), 0, 1000);
        }

        // Then
        assertThat(Arrays.stream(all).filter(each -> logins.has(logins.key(each, HASH), 1)))
                .hasSizeBetween(4, 16);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(bytes(text));
    }

    private static Fields fields(String... values) {
        HeadWriter head = HeadWriter.request("GET", "/");
        for (String each : values) {
            head.field("Authorization", each);
        }
        return head.complete().fields();
    }
}
