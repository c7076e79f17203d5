using System.IO.Pipelines;
using Distribution.Ingest.Transport;

namespace Distribution.Ingest.Pieces;

/// <summary>Bytes on their way into an upload.</summary>
/// <param name="Reader">Where they are read.</param>
/// <param name="LengthBytes">How many come; null: whoever sends them has not said.</param>
/// <param name="Places">
/// Receives them where they are to lie; null: they are copied there. Needs <paramref name="LengthBytes"/>, and a reader that hands on what
/// was received without looking at it.
/// </param>
internal sealed record IncomingBody(PipeReader Reader, long? LengthBytes, IPlacedInputFeature? Places);
