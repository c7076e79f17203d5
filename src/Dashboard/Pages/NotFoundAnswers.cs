using Distribution.Dashboard.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Distribution.Dashboard.Pages;

/// <summary>
/// Answers for addresses that lead nowhere, and for pages whose subject does not exist: a page for browsers, a problem for programs.
/// What other parts of the system answer themselves is left alone.
/// </summary>
internal static class NotFoundAnswers
{
    public static void UseNotFoundAnswers(this IApplicationBuilder app) =>
        app.Use(
            async (context, next) =>
            {
                await next(context);
                if (!context.Response.HasStarted && context.Response.StatusCode is 404 or 405 && IsOurs(context))
                    await AnswerAsync(context);
            }
        );

    // No endpoint: nothing is mapped there. One that is no route: routing's own stand-in for a wrong method.
    private static bool IsOurs(HttpContext context) =>
        context.GetEndpoint() is not RouteEndpoint endpoint || IsPage(endpoint);

    // A page that sets 404 is not written: the renderer leaves the body to whoever handles status codes.
    private static bool IsPage(Endpoint? endpoint) =>
        endpoint?.Metadata.GetMetadata<ComponentTypeMetadata>() is not null;

    private static Task AnswerAsync(HttpContext context)
    {
        int status = context.Response.StatusCode;
        if (context.Request.Path.StartsWithSegments(ApiHosting.Root))
            return (status == 405 ? Problems.MethodNotAllowed() : Problems.NoSuchResource()).ExecuteAsync(context);
        if (status == 405 || !(IsPage(context.GetEndpoint()) || context.WantsPage()))
            return Task.CompletedTask;
        bool publisher = context.User.Identity?.IsAuthenticated == true;
        return context.WriteDocumentAsync<NotFoundDocument>(status, new { HomeLink = publisher });
    }
}
