using System.Security.Cryptography;
using System.Text.Json;
using Distribution.Contracts.Access;
using Distribution.Contracts.Requests;
using Distribution.Dashboard.Access;
using Distribution.Dashboard.Api;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace Distribution.Dashboard.Idempotency;

/// <summary>
/// A POST of the API with an <c>Idempotency-Key</c> (IETF draft-ietf-httpapi-idempotency-key-header) happens once: sent again by the same
/// credentials within 24 hours it gets the first answer, also from another server or after a restart.
/// </summary>
/// <remarks>
/// Some answers have secrets that are kept nowhere else. So an answer is kept encrypted for whoever shows the key again, and the key itself is
/// kept as a digest. What is refused (4xx) is not kept: the key can be used for the request as it should be.
/// </remarks>
internal sealed partial class IdempotentPosts(
    RequestDelegate next,
    IGrainFactory grains,
    IDataProtectionProvider protection,
    ILogger<IdempotentPosts> logger
)
{
    public const string Header = "Idempotency-Key";
    public const string ReplayedHeader = "Idempotency-Replayed";
    public const int MaxKeyLength = 255;

    private const int MaxAnswerBytes = 64 << 10;

    // Of this connection and moment; an upload's offset is another by the time that its creation is sent again.
    private static readonly string[] NotKept = ["Date", "Server", "Set-Cookie", "Transfer-Encoding", "Upload-Offset"];

    public async Task InvokeAsync(HttpContext context)
    {
        if (!Applies(context))
        {
            await next(context);
            return;
        }
        string key = context.Request.Headers[Header].ToString();
        if (key.Length is 0 or > MaxKeyLength || key.Any(static letter => letter is < '!' or > '~'))
        {
            await Problems
                .Invalid($"{Header} has 1 to {MaxKeyLength} visible ASCII characters, such as a UUID.")
                .ExecuteAsync(context);
            return;
        }
        if (await RequestFingerprint.OfAsync(context.Request) is not { } fingerprint)
        {
            await Problems.TooLarge("The body is longer than any may be.").ExecuteAsync(context);
            return;
        }
        string owner = OwnerOf(context);
        string digest = Secrets.Digest($"{owner}\n{key}");
        IDataProtector protector = protection.CreateProtector("idempotency", owner, key);
        IKeptRequestsGrain kept = grains.GetGrain<IKeptRequestsGrain>(0);
        KeptRequest found = await kept.BeginAsync(digest, Secrets.Digest(owner), fingerprint);
        switch (found.Standing)
        {
            case KeptStanding.New:
                await AnswerAsync(context, kept, digest, protector);
                break;
            case KeptStanding.Answered when Open(found.Answer!, protector) is { } answer:
                await ReplayAsync(context, answer);
                break;
            default:
                await RefusalOf(found.Standing).ExecuteAsync(context);
                break;
        }
    }

    private static bool Applies(HttpContext context) =>
        HttpMethods.IsPost(context.Request.Method)
        && context.Request.Headers.ContainsKey(Header)
        && context.Request.Path.StartsWithSegments(ApiHosting.Root)
        && context.User.Identity?.IsAuthenticated == true
        && context.GetEndpoint() is { } endpoint
        && endpoint.Metadata.GetMetadata<ReadsOnly>() is null;

    // A member of several publishers acts for one at a time.
    private static string OwnerOf(HttpContext context) =>
        $"{AccessPrincipal.AccountIdOf(context.User)}\n{context.User.FindFirst(AccessClaims.Publisher)?.Value}";

    private static Problems RefusalOf(KeptStanding standing) =>
        standing switch
        {
            KeptStanding.Running => Problems.StillRunning(),
            KeptStanding.Another => Problems.KeyOfAnotherRequest(),
            KeptStanding.Full => Problems.TooManyIdempotencyKeys(),
            _ => Problems.OutcomeUnknown(),
        };

    private async Task AnswerAsync(
        HttpContext context,
        IKeptRequestsGrain kept,
        string digest,
        IDataProtector protector
    )
    {
        Stream outside = context.Response.Body;
        using var body = new MemoryStream();
        context.Response.Body = body;
        try
        {
            await next(context);
        }
        catch
        {
            context.Response.Body = outside;
            await NoteAsync(() => kept.FinishAsync(digest, null));
            throw;
        }
        context.Response.Body = outside;
        int status = context.Response.StatusCode;
        // Before the client hears of it: what it is told to have been made is not made again.
        if (status is >= 200 and < 300 && body.Length <= MaxAnswerBytes)
        {
            var answer = new KeptAnswer(
                status,
                context
                    .Response.Headers.Where(header => !NotKept.Contains(header.Key, StringComparer.OrdinalIgnoreCase))
                    .ToDictionary(header => header.Key, header => header.Value.Select(value => value ?? "").ToArray()),
                body.ToArray()
            );
            byte[] hidden = protector.Protect(JsonSerializer.SerializeToUtf8Bytes(answer));
            await NoteAsync(() => kept.FinishAsync(digest, hidden));
        }
        else if (status is >= 400 and < 500)
            await NoteAsync(() => kept.ForgetAsync(digest));
        else
            await NoteAsync(() => kept.FinishAsync(digest, null));
        body.Position = 0;
        await body.CopyToAsync(outside, context.RequestAborted);
    }

    // The request has been done or refused, and its sender is told so whether or not this is written down.
    private async Task NoteAsync(Func<Task> note)
    {
        try
        {
            await note();
        }
#pragma warning disable CA1031 // whatever it is: sent again, the request is told that its outcome is not known
        catch (Exception fault)
#pragma warning restore CA1031
        {
            LogNotKept(fault);
        }
    }

    private static KeptAnswer? Open(byte[] hidden, IDataProtector protector)
    {
        try
        {
            return JsonSerializer.Deserialize<KeptAnswer>(protector.Unprotect(hidden));
        }
        catch (CryptographicException)
        {
            // The keys that protect are gone: it was answered, and nobody can read how.
            return null;
        }
    }

    private static async Task ReplayAsync(HttpContext context, KeptAnswer answer)
    {
        context.Response.StatusCode = answer.Status;
        foreach ((string name, string[] values) in answer.Headers)
            context.Response.Headers[name] = new StringValues(values);
        context.Response.Headers[ReplayedHeader] = "true";
        if (answer.Body.Length > 0)
            await context.Response.Body.WriteAsync(answer.Body, context.RequestAborted);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The answer of an idempotent request could not be kept.")]
    private partial void LogNotKept(Exception fault);
}
