using Distribution.Ingest.Contents;
using Distribution.Ingest.Pieces;
using Distribution.Ingest.Telemetry;

namespace Distribution.Ingest.Uploads;

/// <summary>The one way of bytes into an upload, whoever sends them.</summary>
internal sealed class UploadIntake(HashWorkers workers, IngestTelemetry telemetry, TimeProvider clock)
{
    /// <summary>Takes the body in where the upload stands; the caller holds the session's lease and has opened it.</summary>
    /// <param name="upload">The session's, or what stands before it.</param>
    /// <inheritdoc cref="Slicer.RunAsync"/>
    public Task<SliceEnd> TakeAsync(IContentUpload upload, IncomingBody body, CancellationToken takenOver) =>
        Slicer.RunAsync(body, upload, workers, telemetry, clock, takenOver);
}
