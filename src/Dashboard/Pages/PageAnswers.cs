using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.DependencyInjection;

namespace Distribution.Dashboard.Pages;

/// <summary>Answers beside the regular way through a page's endpoint.</summary>
internal static class PageAnswers
{
    /// <summary>A browser asks for a page, not a program for data.</summary>
    public static bool WantsPage(this HttpContext context) =>
        (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method))
        && context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);

    /// <summary>Writes a document in place of the answer that was not written.</summary>
    public static async Task WriteDocumentAsync<TDocument>(this HttpContext context, int status, object parameters)
        where TDocument : IComponent
    {
        // The request's own scope may have rendered a page already; its renderer cannot begin twice.
        IServiceProvider own = context.RequestServices;
        await using AsyncServiceScope scope = own.CreateAsyncScope();
        context.RequestServices = scope.ServiceProvider;
        // The page's renderer has added it, and the document's will add it again.
        context.Response.Headers.Remove("blazor-enhanced-nav");
        try
        {
            await new RazorComponentResult<TDocument>(parameters) { StatusCode = status }.ExecuteAsync(context);
        }
        finally
        {
            context.RequestServices = own;
        }
    }

    /// <summary>
    /// After a form was sent: shows <paramref name="path"/>, so that a reload does not send it again. Relative, because behind a proxy
    /// the browser's scheme and host may be others than the request's.
    /// </summary>
    public static void SeeOther(this HttpContext context, string path)
    {
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = path;
    }
}
