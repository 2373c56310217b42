/**
 * Registers the gradients of all ops with tfjs-core, which leaves that to its users. The registry is global, so it
 * holds however many copies of tfjs-core a process has loaded.
 */
import '@tensorflow/tfjs-core/dist/register_all_gradients';
