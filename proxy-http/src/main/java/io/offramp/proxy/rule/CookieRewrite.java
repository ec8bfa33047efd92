package io.offramp.proxy.rule;

import io.offramp.proxy.message.AnswerHead;
import io.offramp.proxy.message.FieldEdits;
import io.offramp.proxy.message.Fields;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Changes attributes of the cookies that servers set (RFC 6265 §4.1).
 *
 * @param domain in place of the written one; empty to leave it out; null to keep it
 * @param from prefix of paths that are replaced; without a slash at its end
 * @param to what replaces it; null to keep paths
 * @param secure adds {@code Secure} over https
 * @param httpOnly adds {@code HttpOnly}
 * @param sameSite in place of the written one; null to keep it
 */
public record CookieRewrite(
        @Nullable String domain,
        String from,
        @Nullable String to,
        boolean secure,
        boolean httpOnly,
        @Nullable String sameSite)
        implements AnswerRule {
    private static final byte[] SET_COOKIE = "set-cookie".getBytes(StandardCharsets.US_ASCII);

    @Override
    public AnswerHead apply(AnswerHead head, RuleRequest request) {
        Fields fields = head.message().fields();
        FieldEdits edits = new FieldEdits();
        List<String> cookies = new ArrayList<>(1);
        for (int i = 0; i < fields.size(); i++) {
            if (fields.isName(i, SET_COOKIE)) {
                cookies.add(changed(fields.value(i), Variable.scheme(request).equals("https")));
            }
        }
        if (cookies.isEmpty()) {
            return head;
        }
        edits.remove(SET_COOKIE);
        cookies.forEach(cookie -> edits.add("Set-Cookie", cookie));
        return head.with(edits);
    }

    private String changed(String cookie, boolean https) {
        String[] parts = cookie.split(";", -1);
        StringBuilder changed = new StringBuilder(parts[0]);
        boolean isSecure = false;
        boolean isHttpOnly = false;
        for (int i = 1; i < parts.length; i++) {
            String part = parts[i].strip();
            int equals = part.indexOf('=');
            String name = (equals < 0 ? part : part.substring(0, equals)).strip();
            String value = equals < 0 ? "" : part.substring(equals + 1).strip();
            isSecure |= name.equalsIgnoreCase("Secure");
            isHttpOnly |= name.equalsIgnoreCase("HttpOnly");
            if (name.equalsIgnoreCase("Domain") && domain != null) {
                changed.append(domain.isEmpty() ? "" : "; Domain=" + domain);
            } else if (name.equalsIgnoreCase("Path") && to != null) {
                changed.append("; Path=").append(path(value, to));
            } else if (!(name.equalsIgnoreCase("SameSite") && sameSite != null)) {
                changed.append("; ").append(part);
            }
        }
        changed.append(secure && https && !isSecure ? "; Secure" : "")
                .append(httpOnly && !isHttpOnly ? "; HttpOnly" : "");
        return sameSite == null
                ? changed.toString()
                : changed.append("; SameSite=").append(sameSite).toString();
    }

    /** {@code /} has no end of its own: {@code /api} is for {@code /api} as well, {@code /api/} is not. */
    private String path(String written, String by) {
        String path = written.equals("/") ? "" : written;
        boolean below = path.startsWith(from) && (path.length() == from.length() || path.charAt(from.length()) == '/');
        String changed = below ? by + path.substring(from.length()) : path;
        return changed.isEmpty() ? "/" : changed;
    }
}
