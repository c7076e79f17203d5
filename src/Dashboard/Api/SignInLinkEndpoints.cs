using Distribution.Dashboard.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Distribution.Dashboard.Api;

/// <summary><c>POST /api/v1/sign-in-links</c>: a new one-time link, for whoever runs the server.</summary>
internal static class SignInLinkEndpoints
{
    public static void MapSignInLinks(this RouteGroupBuilder v1) =>
        v1.MapPost("/sign-in-links", Create)
            .WithTags("Access")
            .WithName("CreateSignInLink")
            .WithSummary("A link that signs one browser in, once")
            .Produces<SignInLink>(StatusCodes.Status201Created)
            .ProducesProblem(StatusCodes.Status401Unauthorized);

    private static IResult Create(HttpResponse response, [FromServices] ISignInLinks links)
    {
        response.Headers.CacheControl = "no-store";
        return Results.Json(links.Create(), statusCode: StatusCodes.Status201Created);
    }
}
