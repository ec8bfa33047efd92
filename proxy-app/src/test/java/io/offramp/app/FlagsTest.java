package io.offramp.app;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Holds classes to few flags, those of tests too: state is a sealed type, an enum or one field. Records are values, and
 * may have more. The test is here because all other modules are compiled before this one.
 */
class FlagsTest {
    private static final int MAX_FLAGS = 3;

    private static final Path ROOT =
            Objects.requireNonNull(Path.of("").toAbsolutePath().getParent());

    @Test
    void shouldKeepStateInFewFlags() throws IOException {
        classes()
                .that()
                .areNotRecords()
                .should(new ArchCondition<>("have at most " + MAX_FLAGS + " flags") {
                    @Override
                    public void check(JavaClass type, ConditionEvents events) {
                        List<String> flags = flags(type);
                        if (flags.size() > MAX_FLAGS) {
                            events.add(SimpleConditionEvent.violated(type, type.getName() + " has the flags " + flags));
                        }
                    }
                })
                .check(compiled());
    }

    private static JavaClasses compiled() throws IOException {
        List<Path> directories = directories();
        return ArchConfiguration.withThreadLocalScope(configuration -> {
            configuration.setResolveMissingDependenciesFromClassPath(false); // slow, and fields do not need it
            return new ClassFileImporter().importPaths(directories);
        });
    }

    private static List<Path> directories() throws IOException {
        try (Stream<Path> modules = Files.list(ROOT)) {
            return modules.map(module -> module.resolve("target"))
                    .flatMap(target -> Stream.of(target.resolve("classes"), target.resolve("test-classes")))
                    .filter(Files::isDirectory)
                    .toList();
        }
    }

    private static List<String> flags(JavaClass type) {
        return type.getFields().stream()
                .filter(field -> !field.getModifiers().contains(JavaModifier.STATIC))
                .filter(field -> field.getRawType().isEquivalentTo(boolean.class)
                        || field.getRawType().isEquivalentTo(Boolean.class))
                .map(JavaField::getName)
                .toList();
    }
}
