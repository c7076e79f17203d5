using Distribution.Contracts.Access;
using Distribution.Dashboard.Access;
using Distribution.Dashboard.Api;
using Distribution.Dashboard.Pages;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Distribution.Dashboard.Limits;

/// <summary>
/// Holds the portal and the API to <see cref="RateLimits"/>. What viewers and edges ask has limits of its own, or none: one address may be a
/// whole network of viewers.
/// </summary>
internal static class LimitedRequests
{
    private const string WatchPath = "/watch";

    // What a stranger can try again and again to get in.
    private static readonly string[] SignInPaths =
    [
        AccessHosting.SignInPath,
        AccessHosting.SignInPath + "/passkey",
        AccessHosting.SignInPath + "/openid",
        "/invitation",
        "/account",
    ];

    public static void UseRateLimits(this IApplicationBuilder app)
    {
        RateLimits limits = app.ApplicationServices.GetRequiredService<RateLimits>();
        app.Use(
            (context, next) =>
                IsLimited(context) && limits.Refuse(context, IsSignIn(context.Request)) is { } wait
                    ? RefuseAsync(context, wait)
                    : next(context)
        );
    }

    private static bool IsLimited(HttpContext context)
    {
        if (context.GetEndpoint() is { } endpoint)
        {
            if (endpoint.Metadata.OfType<IAuthorizeData>().Any(data => data.Policy == AccessPolicies.Edge))
                return false;
            if (endpoint.Metadata.GetMetadata<ComponentTypeMetadata>() is not null)
                return !context.Request.Path.StartsWithSegments(WatchPath);
        }
        return context.Request.Path.StartsWithSegments(ApiHosting.Root) || IsSignIn(context.Request);
    }

    private static bool IsSignIn(HttpRequest request) =>
        request.Path.StartsWithSegments(AccountEndpoints.Root)
            ? !HttpMethods.IsGet(request.Method)
            : HttpMethods.IsPost(request.Method)
                && SignInPaths.Any(path => string.Equals(request.Path.Value, path, StringComparison.OrdinalIgnoreCase));

    private static Task RefuseAsync(HttpContext context, TimeSpan wait)
    {
        int seconds = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds));
        if (context.Request.Path.StartsWithSegments(ApiHosting.Root))
            return Problems.TooManyRequests(seconds).ExecuteAsync(context);
        context.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return context.WriteDocumentAsync<TooManyDocument>(
            StatusCodes.Status429TooManyRequests,
            new { Seconds = seconds }
        );
    }
}
