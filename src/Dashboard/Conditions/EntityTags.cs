using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Distribution.Dashboard.Conditions;

/// <summary>
/// Conditional requests (RFC 9110, section 13). A tag is a digest of what is shown, so it is strong, the same at every server of a cluster, and
/// changes with whatever a client could see.
/// </summary>
internal static class EntityTags
{
    private const int TagBytes = 16;

    /// <summary>Answers get an <c>ETag</c>; a GET whose <c>If-None-Match</c> has it gets 304 without a body.</summary>
    public static RouteGroupBuilder WithEntityTags(this RouteGroupBuilder group) =>
        group
            .AddEndpointFilter(static async (call, next) => Tag(call.HttpContext, await next(call)))
            .WithMetadata(new ConditionalMetadata());

    /// <summary>What speaks against a change of <paramref name="shown"/>, which the client wants only as it knows it; null: nothing.</summary>
    /// <param name="shown">The resource as a GET would show it now.</param>
    public static IResult? Refusal(HttpRequest request, object shown)
    {
        if (!IsConditional(request))
            return null;
        IList<EntityTagHeaderValue> wanted = request.GetTypedHeaders().IfMatch;
        if (wanted.Count == 0)
            return Api.Problems.Invalid(
                "If-Match is \"*\" or entity tags, each in double quotes, as an ETag showed them."
            );
        string tag = Of(Serialize(request.HttpContext, shown));
        return wanted.Any(one => one.Equals(EntityTagHeaderValue.Any) || (!one.IsWeak && one.Tag == tag))
            ? null
            : Api.Problems.Changed();
    }

    /// <summary>The same where a change without <c>If-Match</c> could undo another's unseen: it gets 428.</summary>
    public static IResult? RefusalOrMissing(HttpRequest request, object shown) =>
        IsConditional(request) ? Refusal(request, shown) : Api.Problems.ConditionMissing();

    /// <summary>The client named the state that it wants to change.</summary>
    public static bool IsConditional(HttpRequest request) => request.Headers.IfMatch.Count > 0;

    private static object? Tag(HttpContext context, object? answer)
    {
        bool reads = HttpMethods.IsGet(context.Request.Method);
        if (!reads && HttpMethods.IsPost(context.Request.Method))
            return answer;
        object? shown = answer switch
        {
            IStatusCodeHttpResult { StatusCode: not (null or StatusCodes.Status200OK) } => null,
            IValueHttpResult value => value.Value,
            IResult or string => null,
            _ => answer,
        };
        if (shown is null)
            return answer;
        byte[] body = Serialize(context, shown);
        string tag = Of(body);
        context.Response.Headers.ETag = tag;
        if (context.Response.Headers.CacheControl.Count == 0)
            context.Response.Headers.CacheControl = "private, no-cache";
        return
            reads
            && context
                .Request.GetTypedHeaders()
                .IfNoneMatch.Any(one => one.Equals(EntityTagHeaderValue.Any) || one.Tag == tag)
            ? Results.StatusCode(StatusCodes.Status304NotModified)
            : Results.Bytes(body, "application/json; charset=utf-8");
    }

    private static string Of(byte[] body) =>
        $"\"{Base64Url.EncodeToString(SHA256.HashData(body).AsSpan(0, TagBytes))}\"";

    private static byte[] Serialize(HttpContext context, object shown) =>
        JsonSerializer.SerializeToUtf8Bytes(
            shown,
            shown.GetType(),
            context.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions
        );
}
