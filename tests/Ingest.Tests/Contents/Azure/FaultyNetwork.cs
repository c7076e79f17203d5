using Azure.Core;
using Azure.Core.Pipeline;

namespace Distribution.Ingest.Tests.Contents.Azure;

/// <summary>Stands between the store and Azurite, and fails at chosen requests.</summary>
internal sealed class FaultyNetwork : HttpPipelinePolicy
{
    private readonly Func<HttpMessage, int, Fault> _choose;
    private readonly TaskCompletionSource _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _requests;

    private FaultyNetwork(Func<HttpMessage, int, Fault> choose) => _choose = choose;

    private enum Fault
    {
        None,
        NotSent,
        AnswerLost,
    }

    /// <summary>Ends once any attempt has failed, by itself or through this.</summary>
    public Task Failed => _failed.Task;

    public bool HasFailed => _failed.Task.IsCompleted;

    /// <summary>As if the process died: so many requests work; the next is not sent, or not answered; nothing is sent after that.</summary>
    public static FaultyNetwork DyingAfter(int requests, bool answerIsLost) =>
        new(
            (_, number) =>
                number < requests ? Fault.None
                : number == requests && answerIsLost ? Fault.AnswerLost
                : Fault.NotSent
        );

    /// <summary>Every request is carried out, and its first answer gets lost.</summary>
    public static FaultyNetwork LosingFirstAnswers() =>
        new((message, _) => message.ProcessingContext.RetryNumber == 0 ? Fault.AnswerLost : Fault.None);

    /// <summary>Only watches.</summary>
    public static FaultyNetwork Watched() => new((_, _) => Fault.None);

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) =>
        throw new NotSupportedException();

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        Fault fault = _choose(message, Interlocked.Increment(ref _requests) - 1);
        try
        {
            if (fault != Fault.NotSent)
                await ProcessNextAsync(message, pipeline);
        }
        catch
        {
            _failed.TrySetResult();
            throw;
        }
        if (fault == Fault.None)
            return;
        _failed.TrySetResult();
        throw new IOException("The connection is lost.");
    }
}
