using Azure;
using Azure.Identity;

namespace Distribution.Ingest.Contents.Azure;

/// <summary>
/// Says the client library's exceptions as the contract has them, with nothing in the words that could be a key: no URL's query, no headers.
/// </summary>
internal static class AzureFault
{
    public const int NotFound = 404;
    public const int Conflict = 409;
    public const int PreconditionFailed = 412;

    /// <summary>True for what the client library throws for the store's faults and the network's.</summary>
    public static bool IsOne(Exception exception, CancellationToken cancellation) =>
        exception
            is RequestFailedException
                or AggregateException
                or AuthenticationFailedException
                or HttpRequestException
                or IOException
        || (exception is OperationCanceledException && !cancellation.IsCancellationRequested);

    /// <summary>True where a blob's condition does not hold: it has changed, or it exists already.</summary>
    public static bool IsConditionNotMet(RequestFailedException exception) =>
        exception.Status is PreconditionFailed
        || exception is { Status: Conflict, ErrorCode: "BlobAlreadyExists" or "UnauthorizedBlobOverwrite" };

    /// <summary>True where there is no such blob. An answer without a body, to HEAD, may have no error code.</summary>
    public static bool IsMissingBlob(RequestFailedException exception) =>
        exception is { Status: NotFound, ErrorCode: null or "" or "BlobNotFound" };

    /// <param name="action">What failed, "reading files/…".</param>
    public static IOException Of(Exception exception, string action) =>
        exception as AzureStoreException
        ?? new AzureStoreException($"Azure Blob Storage failed {action}: {Why(exception)}");

    private static string Why(Exception exception)
    {
        Exception last = exception is AggregateException { InnerExceptions: [.., var end] } ? end : exception;
        return last switch
        {
            RequestFailedException { Status: > 0 } failed => $"{failed.Status} {failed.ErrorCode}.",
            OperationCanceledException => "it did not answer in time.",
            AuthenticationFailedException => "no identity of this machine was accepted or found.",
            _ => last.GetBaseException().Message,
        };
    }
}

/// <summary>Marks what has been put into words already.</summary>
internal sealed class AzureStoreException(string message) : IOException(message);
