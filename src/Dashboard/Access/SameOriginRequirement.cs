using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;

namespace Distribution.Dashboard.Access;

/// <summary>
/// A browser's cookie may change something only from our own pages. SameSite does not hold this alone: two ports of one host are
/// one site. Programs show a key instead of a cookie and are not asked.
/// </summary>
internal sealed class SameOriginRequirement : AuthorizationHandler<SameOriginRequirement>, IAuthorizationRequirement
{
    protected override Task HandleRequirementAsync(
        AuthorizationHandlerContext context,
        SameOriginRequirement requirement
    )
    {
        bool byCookie = context.User.Identities.Any(identity =>
            identity.IsAuthenticated && identity.AuthenticationType == AccessSchemes.Cookie
        );
        if (!byCookie || context.Resource is not HttpContext http || IsSameOrigin(http.Request))
            context.Succeed(requirement);
        return Task.CompletedTask;
    }

    private static bool IsSameOrigin(HttpRequest request)
    {
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
            return true;
        // Browsers leave Sec-Fetch-Site out on plain http, but send Origin with every unsafe method.
        string site = request.Headers["Sec-Fetch-Site"].ToString();
        if (site.Length > 0)
            return site is "same-origin" or "none";
        string origin = request.Headers.Origin.ToString();
        return origin.Length == 0
            || (
                Uri.TryCreate(origin, UriKind.Absolute, out Uri? from)
                && string.Equals(from.Authority, Authority(request.Host), StringComparison.OrdinalIgnoreCase)
            );
    }

    // Uri.Authority leaves a scheme's default port out; behind a TLS proxy the request's own scheme may differ from the page's.
    private static string Authority(HostString host) => host.Port is 80 or 443 ? host.Host : host.Value ?? "";
}
