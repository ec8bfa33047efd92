package io.offramp.proxy.guard;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.offramp.proxy.guard.GuardEvents.Condition;
import io.offramp.proxy.guard.GuardEvents.Login;
import io.offramp.proxy.message.OwnAnswer;
import io.offramp.proxy.message.Refusal;
import io.offramp.proxy.rate.RateLimiter;
import io.offramp.proxy.rule.RequestRule;
import io.offramp.proxy.rule.RuleOutcome;
import io.offramp.proxy.rule.RuleRequest;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Lets requests pass that have a user's name and password. A login that was right lately is known at once; all others
 * are checked beside the event loop, and take the same time whether there is such a user or not.
 */
public final class BasicAuthRule implements RequestRule {
    private static final byte[] SENTENCE =
            "401 Unauthorized: a name and a password are wanted here\n".getBytes(US_ASCII);

    private final BasicAuthConfig config;
    private final VerifiedLogins verified;
    private final PasswordChecks checks;
    private final RateLimiter wrong;
    private final GuardEvents events;
    private final String nobody;
    private final OwnAnswer challenge;

    /**
     * @param verified of all routes
     * @param checks of all routes
     * @param wrong charged for each wrong login: a client that guesses too often waits
     */
    public BasicAuthRule(
            BasicAuthConfig config,
            VerifiedLogins verified,
            PasswordChecks checks,
            RateLimiter wrong,
            GuardEvents events) {
        this.config = config;
        this.verified = verified;
        this.checks = checks;
        this.wrong = wrong;
        this.events = events;
        nobody = config.logins().nobody();
        challenge = OwnAnswer.of(
                401,
                List.of(
                        new OwnAnswer.Entry(
                                "WWW-Authenticate", "Basic realm=\"" + config.realm() + "\", charset=\"UTF-8\""),
                        new OwnAnswer.Entry("Content-Type", "text/plain; charset=us-ascii")),
                SENTENCE);
    }

    @Override
    public void apply(RuleRequest request, RuleOutcome next) {
        BasicCredentials login = BasicCredentials.of(request.head().fields());
        if (login == null) {
            refuse(next, null);
            return;
        }
        String known = config.logins().hash(login.user());
        String hash = known == null ? nobody : known;
        VerifiedLogins.Key key = verified.key(login, hash);
        if (known != null && verified.has(key, System.nanoTime())) {
            events.onLogin(Login.REMEMBERED);
            login.wipe();
            request.edits().user(login.user());
            next.pass();
            return;
        }
        int waitS = wrong.take(request.head().fields(), request.client());
        if (waitS > 0) {
            login.wipe();
            events.onLogin(Login.LIMITED);
            next.answer(Refusal.TOO_MANY_REQUESTS.answer().withRetryAfter(waitS), "too many wrong logins");
            return;
        }
        InetAddress client = request.client().source().of(request.head().fields());
        AtomicBoolean gone = new AtomicBoolean();
        next.onCancel(() -> gone.set(true));
        PasswordChecks.Admission admission = checks.submit(client, () -> {
            if (gone.get()) {
                login.wipe();
                return;
            }
            Runnable rest;
            try {
                boolean right = check(login, key, hash) && known != null;
                rest = () -> finish(right, login.user(), request, next);
            } catch (RuntimeException e) {
                rest = () -> {
                    throw e;
                };
            }
            login.wipe();
            Runnable result = rest;
            try {
                request.eventLoop().execute(() -> next.resume(result));
            } catch (RejectedExecutionException e) {
                // The loop has ended, and its requests with it.
            }
        });
        if (admission != PasswordChecks.Admission.WAITING) {
            login.wipe();
            events.onLogin(Login.BUSY);
            boolean own = admission == PasswordChecks.Admission.CLIENT_FULL;
            next.refuse(own ? Refusal.TOO_MANY_REQUESTS : Refusal.OVERLOADED, "too many logins are being checked");
        }
    }

    /** On a worker. Another request of the same user may have been checked while this one waited. */
    private boolean check(BasicCredentials login, VerifiedLogins.Key key, String hash) {
        if (verified.has(key, System.nanoTime())) {
            return true;
        }
        boolean right = PasswordChecks.matches(login.password(), hash);
        if (right && config.remember().isPositive()) {
            verified.add(key, System.nanoTime(), config.remember().toNanos());
        }
        return right;
    }

    private void finish(boolean right, String user, RuleRequest request, RuleOutcome next) {
        events.onLogin(right ? Login.RIGHT : Login.WRONG);
        if (!right) {
            wrong.onEnd(request.head().fields(), request.client(), 1);
        }
        if (!next.isOpen()) {
            return;
        }
        if (right) {
            request.edits().user(user);
            next.pass();
        } else {
            refuse(next, "login of " + user);
        }
    }

    private void refuse(RuleOutcome next, @Nullable String why) {
        events.onRefused(Condition.BASIC_AUTH);
        next.answer(challenge, why);
    }
}
