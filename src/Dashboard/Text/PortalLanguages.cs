using Distribution.Dashboard.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using StringWithQualityHeaderValue = Microsoft.Net.Http.Headers.StringWithQualityHeaderValue;

namespace Distribution.Dashboard.Text;

/// <summary>
/// In which language pages are shown: what was chosen with the switch, else the first that the browser asks for and we have, else English.
/// Figures and dates are written alike in all of them, and the API speaks English. The program runs without the system's cultures, so a
/// language is its code and no more.
/// </summary>
internal static class PortalLanguages
{
    /// <summary>Holds the language that was chosen; it names nobody.</summary>
    public const string CookieName = "distribution-language";

    public const string English = "en";
    public const string German = "de";

    /// <summary>Codes (BCP 47), and names in the languages themselves.</summary>
    public static readonly IReadOnlyList<(string Code, string Name)> All = [(English, "English"), (German, "Deutsch")];

    private const int MostLooked = 16;

    /// <param name="context">Null: there is no request.</param>
    public static string Of(HttpContext? context)
    {
        if (context is null)
            return English;
        if (Known(context.Request.Cookies[CookieName]) is { } chosen)
            return chosen;
        IEnumerable<StringWithQualityHeaderValue> asked = context
            .Request.GetTypedHeaders()
            .AcceptLanguage.Take(MostLooked)
            .OrderByDescending(static language => language.Quality ?? 1);
        foreach (StringWithQualityHeaderValue language in asked)
        {
            // "de-AT" is German to us.
            string code = language.Value.ToString().Split('-')[0].ToLowerInvariant();
            if (language.Quality != 0 && Known(code) is { } known)
                return known;
        }
        return English;
    }

    public static void MapLanguages(this IEndpointRouteBuilder app) =>
        // Without a token: whoever makes a browser send this changes in what language its owner reads, and nothing else.
        app.MapPost("/language", (Delegate)ChooseAsync).AllowAnonymous().ExcludeFromDescription().DisableAntiforgery();

    private static async Task<IResult> ChooseAsync(HttpContext context)
    {
        if (!context.Request.HasFormContentType)
            return Results.BadRequest();
        IFormCollection form = await context.Request.ReadFormAsync(context.RequestAborted);
        if (Known(form["language"]) is not { } language)
            return Results.BadRequest();
        context.Response.Cookies.Append(
            CookieName,
            language,
            new CookieOptions
            {
                HttpOnly = true,
                IsEssential = true,
                MaxAge = TimeSpan.FromDays(365),
                SameSite = SameSiteMode.Lax,
                Secure = context.Request.IsHttps,
            }
        );
        return Results.LocalRedirect(LocalUrl.OrHome(form["back"]));
    }

    private static string? Known(string? code) => All.FirstOrDefault(language => language.Code == code).Code;
}
