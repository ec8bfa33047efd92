package io.offramp.app;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import io.offramp.offload.record.RecordBoundary;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Holds the arrows of docs/ARCHITECTURE.md. It is here because only this module sees all others. */
class ArchitectureTest {
    private static final ImportOption NO_TEST_KIT = location -> !location.contains("/offload-tck/");

    /** What tests of one module have for those of others. */
    private static final ImportOption NO_TEST_JAR = location -> !location.contains("-tests.jar");

    private static final JavaClasses OURS = new ClassFileImporter(
                    List.of(new ImportOption.DoNotIncludeTests(), NO_TEST_JAR, NO_TEST_KIT))
            .importPackages("io.offramp");

    private static final String API = "io.offramp.offload";
    private static final String[] AEAD = {"io.offramp.offload.aead.."};
    private static final String[] BACKENDS = {
        "io.offramp.offload.sw..", "io.offramp.offload.device..", "io.offramp.offload.ktls.."
    };
    private static final String PROXY = "io.offramp.proxy..";
    private static final String APP = "io.offramp.app..";

    private static final String[] CORE = packages("channel", "connection", "tls", "net", "reload", "budget", "measure");
    private static final String[] TLS = packages("handshake", "session");
    private static final String[] RULES = packages("route", "rule", "guard", "rate", "compress");
    private static final String[] HTTP =
            concat(packages("exchange", "message", "http1", "http2", "tcp", "tunnel", "client", "upstream"), RULES);
    private static final String[] SERVER = packages(
            "config",
            "generation",
            "accept",
            "sockets",
            "sandbox",
            "handover",
            "server",
            "metrics",
            "access",
            "admin",
            "whatif",
            "warmup");

    @Test
    void shouldSeeAllModules() {
        assertThat(OURS.containPackage(API)).isTrue();
        assertThat(OURS.containPackage("io.offramp.offload.aead")).isTrue();
        assertThat(OURS.containPackage("io.offramp.offload.sw")).isTrue();
        assertThat(OURS.containPackage("io.offramp.offload.device")).isTrue();
        assertThat(OURS.containPackage("io.offramp.offload.ktls")).isTrue();
        assertThat(OURS.containPackage("io.offramp.proxy.server")).isTrue();
        assertThat(OURS.containPackage("io.offramp.app")).isTrue();
    }

    @Test
    void shouldKeepTheContractFreeOfEverythingElse() {
        check(noClasses()
                .that()
                .resideInAnyPackage(API, API + ".record", API + ".key", API + ".error", API + ".counter")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(concat(AEAD, concat(BACKENDS, PROXY, APP))));
    }

    @Test
    void shouldKeepBackendsApartFromEachOtherAndFromTheProxy() {
        check(noClasses()
                .that()
                .resideInAPackage("io.offramp.offload.sw..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.offramp.offload.device..", "io.offramp.offload.ktls..", PROXY, APP));
        check(noClasses()
                .that()
                .resideInAPackage("io.offramp.offload.device..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.offramp.offload.sw..", "io.offramp.offload.ktls..", PROXY, APP));
        check(noClasses()
                .that()
                .resideInAPackage("io.offramp.offload.ktls..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.offramp.offload.sw..", "io.offramp.offload.device..", PROXY, APP));
        check(noClasses()
                .that()
                .resideInAnyPackage(AEAD)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(concat(BACKENDS, PROXY, APP)));
    }

    @Test
    void shouldKeepTheHardwareIgnorantOfItsDriverAndOfTheContract() {
        check(noClasses()
                .that()
                .resideInAPackage("io.offramp.offload.device.hardware..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        API,
                        API + ".error",
                        API + ".counter",
                        API + ".device",
                        API + ".device.driver..",
                        API + ".device.toe..",
                        "io.netty.channel.."));
    }

    @Test
    void shouldKeepTheOwnerOfConnectionsApartFromRecordsAndKeys() {
        check(noClasses()
                .that()
                .resideInAPackage("io.offramp.offload.device.toe..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        API + ".key",
                        API + ".record",
                        API + ".device",
                        API + ".device.driver..",
                        API + ".device.hardware.."));
    }

    @Test
    void shouldKeepTheProxyApartFromBackends() {
        check(noClasses()
                .that()
                .resideInAPackage(PROXY)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(concat(AEAD, concat(BACKENDS, APP))));
    }

    @Test
    void shouldKnowEveryPackageOfTheProxy() {
        check(classes()
                .that()
                .resideInAPackage(PROXY)
                .should()
                .resideInAnyPackage(concat(CORE, concat(TLS, concat(HTTP, SERVER)))));
    }

    @Test
    void shouldKeepTheModulesOfTheProxyInOrder() {
        check(noClasses()
                .that()
                .resideInAnyPackage(CORE)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(concat(TLS, concat(HTTP, SERVER))));
        check(noClasses()
                .that()
                .resideInAnyPackage(TLS)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(concat(HTTP, SERVER)));
        check(noClasses()
                .that()
                .resideInAnyPackage(HTTP)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(concat(TLS, SERVER)));
    }

    @Test
    void shouldHaveNoCyclesBetweenPackages() {
        check(slices().matching("io.offramp.(**)").should().beFreeOfCycles());
    }

    @Test
    void shouldKeepBouncyCastleInHandshakeAndPasswords() {
        check(noClasses()
                .that()
                .resideOutsideOfPackages("io.offramp.proxy.handshake..", "io.offramp.proxy.guard..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.bouncycastle.."));
    }

    @Test
    void shouldKeepForeignMemoryInTheNativePackages() {
        check(noClasses()
                .that()
                .resideOutsideOfPackages(
                        "io.offramp.offload.aead.ffi..",
                        "io.offramp.offload.aead.libcrypto..",
                        "io.offramp.offload.aead.ipsecmb..",
                        "io.offramp.offload.ktls.ffi..",
                        "io.offramp.proxy.sandbox.ffi..",
                        "io.offramp.proxy.sockets.ffi..",
                        "io.offramp.proxy.warmup.ffi..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.lang.foreign.."));
    }

    @Test
    void shouldKeepYamlInTheConfiguration() {
        check(noClasses()
                .that()
                .resideOutsideOfPackage("io.offramp.proxy.config..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.snakeyaml.."));
    }

    @Test
    void shouldLetTheHandshakeAloneStartAtABoundaryOfItsOwn() {
        check(classes()
                .that(DescribedPredicate.describe("start at a RecordBoundary", ArchitectureTest::startsAtBoundary))
                .should()
                .resideInAPackage("io.offramp.proxy.handshake.."));
    }

    private static boolean startsAtBoundary(JavaClass type) {
        return type.getMethodCallsFromSelf().stream()
                .anyMatch(call -> call.getTargetOwner().isEquivalentTo(RecordBoundary.class)
                        && call.getName().equals("start"));
    }

    private static void check(ArchRule rule) {
        rule.check(OURS);
    }

    private static String[] packages(String... names) {
        return Arrays.stream(names)
                .map(name -> "io.offramp.proxy." + name + "..")
                .toArray(String[]::new);
    }

    private static String[] concat(String[] first, String... second) {
        String[] all = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, all, first.length, second.length);
        return all;
    }
}
