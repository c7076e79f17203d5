using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Distribution.Contracts.Files;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace Distribution.Dashboard.Api;

/// <summary>
/// The API's errors (RFC 9457). Each has a stable <c>type</c>, "urn:distribution:problem:" and a name, for programs to branch on;
/// title and detail are for people and may change.
/// </summary>
internal sealed class Problems : IResult
{
    private const string TypePrefix = "urn:distribution:problem:";

    private readonly ProblemDetails _details;
    private readonly int _retryAfterSeconds;

    private Problems(int status, string name, string title, string? detail = null, int retryAfterSeconds = 0)
    {
        _retryAfterSeconds = retryAfterSeconds;
        _details = new ProblemDetails
        {
            Status = status,
            Type = TypePrefix + name,
            Title = title,
            Detail = detail,
        };
    }

    public static Problems Invalid(string detail) =>
        new(StatusCodes.Status400BadRequest, "invalid-request", "The request cannot be understood.", detail);

    public static Problems Unauthorized() =>
        new(
            StatusCodes.Status401Unauthorized,
            "unauthorized",
            "Credentials are needed.",
            "Send the API key as \"Authorization: Bearer KEY\", or sign in to the portal."
        );

    public static Problems Forbidden() =>
        new(StatusCodes.Status403Forbidden, "forbidden", "These credentials do not allow this.");

    public static Problems NoSuchFile(string fileId) =>
        new(
            StatusCodes.Status404NotFound,
            "unknown-file",
            "There is no such file.",
            $"No file of yours has the id \"{(fileId.Length > 64 ? fileId[..64] + "…" : fileId)}\"."
        );

    public static Problems NoSwarm(FileState state) =>
        new(
            StatusCodes.Status404NotFound,
            "no-swarm",
            "The file has no swarm.",
            $"Only published files have one; this file is {JsonNamingPolicy.CamelCase.ConvertName(state.ToString())}."
        );

    public static Problems NoSuchContract(string id) =>
        new(
            StatusCodes.Status404NotFound,
            "unknown-contract",
            "There is no such contract.",
            $"The catalogue (GET /api/v1/contracts) has no contract \"{(id.Length > 64 ? id[..64] + "…" : id)}\"."
        );

    public static Problems NoSuch(string what) =>
        new(StatusCodes.Status404NotFound, $"unknown-{what}", $"There is no such {what}.");

    public static Problems LastOwner() =>
        new(
            StatusCodes.Status409Conflict,
            "last-owner",
            "A publisher has at least one owner.",
            "Make somebody else an owner first."
        );

    public static Problems WrongPassword() =>
        new(
            StatusCodes.Status403Forbidden,
            "wrong-password",
            "The password of now is wrong.",
            "After ten wrong ones in a row an account takes none for five minutes."
        );

    public static Problems Taken(string detail) =>
        new(StatusCodes.Status409Conflict, "taken", "Another account has it.", detail);

    public static Problems NoSuchResource() =>
        new(StatusCodes.Status404NotFound, "no-such-resource", "Nothing is at this address.");

    public static Problems MethodNotAllowed() =>
        new(StatusCodes.Status405MethodNotAllowed, "method-not-allowed", "The resource does not know this method.");

    public static Problems TooLarge(string detail) =>
        new(StatusCodes.Status413PayloadTooLarge, "too-large", "The request has too many bytes.", detail);

    public static Problems NotPossible(string detail) =>
        new(StatusCodes.Status409Conflict, "not-possible-now", "The file's state does not allow this.", detail);

    public static Problems Changed() =>
        new(
            StatusCodes.Status412PreconditionFailed,
            "changed-meanwhile",
            "It is not what If-Match names.",
            "It was changed since you read it: read it again, and decide anew."
        );

    public static Problems ConditionMissing() =>
        new(
            StatusCodes.Status428PreconditionRequired,
            "if-match-missing",
            "This needs If-Match.",
            "It replaces everything: read it first, and send its ETag as If-Match, so that nobody's change is lost."
        );

    public static Problems KeyOfAnotherRequest() =>
        new(
            StatusCodes.Status422UnprocessableEntity,
            "idempotency-key-reused",
            "This Idempotency-Key was used for another request.",
            "Send the same request again, or a new key."
        );

    public static Problems StillRunning() =>
        new(
            StatusCodes.Status409Conflict,
            "idempotency-in-progress",
            "The request with this Idempotency-Key is still being answered.",
            "Send it again in a moment: it gets the first one's answer.",
            retryAfterSeconds: 2
        );

    public static Problems OutcomeUnknown() =>
        new(
            StatusCodes.Status409Conflict,
            "idempotency-outcome-unknown",
            "It is not known what became of the request with this Idempotency-Key.",
            "The server failed or stopped while it answered. Look whether what it makes is there; if not, send it with a new key."
        );

    public static Problems TooManyIdempotencyKeys() =>
        new(
            StatusCodes.Status429TooManyRequests,
            "too-many-idempotency-keys",
            "Too many answers are kept for these credentials.",
            "Each is kept for 24 hours. Send the request without an Idempotency-Key, or wait.",
            retryAfterSeconds: 600
        );

    public static Problems TooManyRequests(int retryAfterSeconds) =>
        new(
            StatusCodes.Status429TooManyRequests,
            "too-many-requests",
            "Too many requests.",
            $"Wait {retryAfterSeconds} s, then go on more slowly.",
            retryAfterSeconds
        );

    public static Problems Unavailable() =>
        new(
            StatusCodes.Status503ServiceUnavailable,
            "unavailable",
            "A part of the system does not answer.",
            "Try again in a few seconds.",
            retryAfterSeconds: 5
        );

    public static Problems FileIsWatchedByTooMany() =>
        new(
            StatusCodes.Status429TooManyRequests,
            "too-many-watch",
            "Too many watch this file's swarm.",
            "Try again later, or ask for its swarm now and then.",
            retryAfterSeconds: 30
        );

    public static Problems Busy() =>
        new(
            StatusCodes.Status503ServiceUnavailable,
            "busy",
            "Too many watch swarms at this server.",
            "Try again later, or ask for the swarm now and then.",
            retryAfterSeconds: 30
        );

    public static Problems Internal() =>
        new(StatusCodes.Status500InternalServerError, "internal", "Something failed on our side.");

    /// <summary>Writes the problem with the trace id by which logs and traces find the request.</summary>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        _details.Extensions["traceId"] = Activity.Current?.TraceId.ToString() ?? httpContext.TraceIdentifier;
        httpContext.Response.StatusCode = _details.Status!.Value;
        httpContext.Response.Headers.CacheControl = "no-store";
        if (_details.Status == StatusCodes.Status401Unauthorized)
            httpContext.Response.Headers.WWWAuthenticate = "Bearer";
        if (_retryAfterSeconds > 0)
            httpContext.Response.Headers.RetryAfter = _retryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        await httpContext.Response.WriteAsJsonAsync(
            _details,
            options: null,
            contentType: "application/problem+json",
            httpContext.RequestAborted
        );
    }
}
