namespace Distribution.Ingest.Imports;

/// <summary>A response's body that fails when nothing comes for too long; a connection to a dead host would wait for ever.</summary>
internal sealed class PatientStream(HttpResponseMessage response, Stream body, TimeSpan silence) : ReadOnlyStream
{
    /// <exception cref="IOException">The connection broke, or nothing came for too long.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(silence);
        try
        {
            return await body.ReadAsync(buffer, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"The source sent nothing for {silence.TotalSeconds} s.");
        }
        catch (HttpRequestException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await body.DisposeAsync();
        response.Dispose();
        await base.DisposeAsync();
    }
}
